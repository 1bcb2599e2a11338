// What Node loads itself in every suite: what is built needs no transformation, and each import through vitest's own loader costs time.
export const nativeModules = { deps: { external: [/\/node_modules\//, /\/(?:packages|examples)\/.+\/dist\//] } };
