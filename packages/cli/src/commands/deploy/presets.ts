/** Options that go together; what is said beside one wins. */
export const presets = ['rolling', 'oneByOne', 'blueGreen', 'canary'] as const;

export type Preset = (typeof presets)[number];
