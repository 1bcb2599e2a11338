// What kind of address a name gave, which is half of the diagnosis: a private one means that DNS is right.

/** Whether an IPv4 or IPv6 address is not routed on the internet (RFC 1918, 6598, 3927, 4193, loopback). */
export function isPrivateAddress(address: string): boolean {
  if (address.includes(':')) return /^(::1$|fe[89ab]|f[cd])/i.test(address);
  const [a = -1, b = -1] = address.split('.').map(Number);
  return (
    a === 10 ||
    a === 127 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127)
  );
}
