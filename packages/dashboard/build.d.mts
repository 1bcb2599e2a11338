/** Writes app.js and app.css into `directory`; default: the package's own `assets`. */
export function buildAssets(directory?: string): Promise<void>;
