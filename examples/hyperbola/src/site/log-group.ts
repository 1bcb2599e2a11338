/** Where the instances ship their journal. */
export const logGroupName = '/hyperbola/web';
