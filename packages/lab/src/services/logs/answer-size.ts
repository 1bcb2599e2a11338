const MOST_ANSWER_BYTES = 1_048_576;

/** As many events as one answer holds, but at least one: GetLogEvents and FilterLogEvents answer at most 1 MB. */
export function takeWithinBytes<Event extends { readonly message: string }>(
  events: readonly Event[],
): readonly Event[] {
  let bytes = 0;
  const end = events.findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message);
    return bytes > MOST_ANSWER_BYTES && index > 0;
  });
  return end === -1 ? events : events.slice(0, end);
}
