/** The journal cannot be read now. Anything else that is thrown is not the journal's and ends the agent. */
export class ReaderError extends Error {
  override readonly name = 'ReaderError';
}
