/** Whether a filter pattern selects the message. */
export type MatchesMessage = (message: string) => boolean;
