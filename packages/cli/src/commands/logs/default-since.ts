/** How far back `logs --group` looks when nobody says. */
export const defaultSinceMs = 600_000;
