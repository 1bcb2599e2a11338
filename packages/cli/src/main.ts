// The composition of the command: argv in, exit code out.
export {};
