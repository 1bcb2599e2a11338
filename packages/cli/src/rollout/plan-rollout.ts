// plan-rollout: everything that a deploy looks at before it begins, and then what it would do. Nothing is written.
import { createActivityReader, loadRecord } from '@directrix/aws';
import { decide, forecastRollout, measureStart, type Observation } from '@directrix/rollout';
import { colorsFor } from '../colors.js';
import type { CommandContext } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { describeFailure, writeFailure } from '../failure.js';
import { PreflightRefusal } from '../preflight/preflight-refusal.js';
import { writeText } from '../text/lines.js';
import { tellNotice } from '../text/notice-text.js';
import { describeDecision } from '../view/describe-event.js';
import { formatPlan, type PlanDocument } from '../view/plan-document.js';
import { formatRollout } from '../view/rollout-document.js';
import { withWorld } from '../with-world.js';
import type { World } from '../world.js';
import type { ObservedGroup } from './observed-group.js';
import type { Preparation } from './prepare-rollout.js';

interface Request {
  readonly command: string;
  readonly groupName: string;
  readonly json: boolean;
}

interface Prepared {
  readonly seen: ObservedGroup;
  readonly prepared: Preparation;
}

/** Prints the plan, or why the rollout would be refused (exit code 2). */
export async function performPlan(
  context: CommandContext,
  { groupName, json }: Request,
  prepare: (world: World) => Promise<Prepared>,
): Promise<void> {
  const { io } = context;
  const print = (document: object, text: string) =>
    writeText(io.stdout, json ? `${JSON.stringify(document, null, 2)}\n` : text);
  try {
    await withWorld(context, async (world) => {
      const { seen, prepared } = await prepare(world);
      const colors = colorsFor(io.stdout, io.env);
      if (prepared.kind === 'unchanged') print(prepared.document, formatRollout(prepared.document, colors));
      else {
        const document = await describePlan(world, prepared, seen.observation);
        print(document, formatPlan(document, colors));
      }
    });
    context.setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    const findings = error instanceof PreflightRefusal ? { findings: error.findings } : {};
    const refusal = { schema: 'directrix.plan/1', group: groupName, error: describeFailure(error), ...findings };
    if (json) io.stdout.write(`${JSON.stringify(refusal, null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

async function describePlan(
  world: World,
  { plan, notices }: Extract<Preparation, { readonly kind: 'ready' }>,
  observation: Observation,
): Promise<PlanDocument> {
  const record = await plan();
  const { groupName, from, to, options, original } = record;
  const [last, activities] = await Promise.all([
    loadRecord(world.clients, groupName),
    createActivityReader(world.clients).read(groupName, 0),
  ]);
  const launches = activities.flatMap(({ statusCode, description = '', startedAt, endedAt }) =>
    statusCode === 'Successful' && endedAt !== undefined && /^launching/i.test(description)
      ? [{ startedAt, endedAt }]
      : [],
  );
  const start = measureStart(last, launches, observation);
  const acts = decide(record, observation).decisions.flatMap((decision) =>
    decision.kind === 'wait' ? [] : [{ kind: decision.kind, text: describeDecision(decision) }],
  );
  return {
    schema: 'directrix.plan/1',
    group: groupName,
    from,
    to,
    sizes: {
      minSize: original.minSize,
      maxSize: original.maxSize,
      desiredCapacity: original.desiredCapacity,
      maxSizeLent: Math.max(
        0,
        original.desiredCapacity + Math.min(options.surge, original.desiredCapacity) - original.maxSize,
      ),
    },
    options,
    firstChanges: acts,
    forecast: forecastRollout({ observation, options, start }),
    notices: notices.map((notice) => ({ code: notice.code, text: tellNotice(notice) })),
  };
}
