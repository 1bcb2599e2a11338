import { DirectrixError } from '@directrix/rollout';

export interface TemplateFile {
  readonly path: string;
  readonly text: string;
  readonly json: unknown;
}

/** Throws TEMPLATE_UNREADABLE for a file that is not there, is no JSON, or has no `Resources`. */
export function readTemplateFile(path: string, read: (path: string, encoding: 'utf8') => string): TemplateFile {
  const fail = (why: string, cause?: unknown) =>
    new DirectrixError('TEMPLATE_UNREADABLE', `${path} ${why}.`, {
      source: '--template',
      hint: 'give the JSON that `cdk synth` writes: cdk.out/<Stack>.template.json',
      cause,
    });
  let text: string;
  try {
    text = read(path, 'utf8');
  } catch (error) {
    throw fail(`cannot be read: ${(error as Error).message}`, error);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw fail(`is no JSON: ${(error as Error).message}`, error);
  }
  if (typeof json !== 'object' || json === null || !('Resources' in json)) throw fail('has no Resources');
  return { path, text, json };
}
