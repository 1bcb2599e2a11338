/** Whether an operation only reads. Whatever is called otherwise may change something. */
export function isReading(operationName: string): boolean {
  return /^(Describe|Get|List|Simulate)/.test(operationName);
}
