// template-file: a CloudFormation template, JSON or YAML with its short forms, as the JSON that it stands for; or a plan of Terraform.
import { readTemplateText, type TemplateText, TemplateTextError } from '@directrix/lab/template-text';
import { isPlan } from '@directrix/reachability';
import { DirectrixError } from '@directrix/rollout';

export interface TemplateFile extends TemplateText {
  readonly path: string;
  readonly text: string;
}

/** Throws TEMPLATE_UNREADABLE for a file that is not there, is neither JSON nor YAML, or is neither a template nor a plan. */
export function readTemplateFile(path: string, read: (path: string, encoding: 'utf8') => string): TemplateFile {
  const fail = (why: string, cause?: unknown) =>
    new DirectrixError('TEMPLATE_UNREADABLE', `${path} ${why}.`, {
      source: '--template',
      hint: 'give a CloudFormation template, such as cdk.out/<Stack>.template.json, or what `terraform show -json` writes of a plan',
      cause,
    });
  let text: string;
  try {
    text = read(path, 'utf8');
  } catch (error) {
    throw fail(`cannot be read: ${(error as Error).message}`, error);
  }
  const plan = planOf(text);
  if (plan !== undefined) return { path, text, json: plan, lines: new Map() };
  const { json, lines } = readOrFail(text, fail);
  if (typeof json !== 'object' || json === null || !('Resources' in json)) throw fail('has no Resources');
  return { path, text, json, lines };
}

function readOrFail(text: string, fail: (why: string, cause?: unknown) => DirectrixError): TemplateText {
  try {
    return readTemplateText(text);
  } catch (error) {
    if (!(error instanceof TemplateTextError)) throw error;
    throw fail(error.message, error);
  }
}

/** A plan is JSON and may be large: it is not read as YAML. */
function planOf(text: string): unknown {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return isPlan(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
