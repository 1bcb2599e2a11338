// preflight-checks: the checks of `directrix preflight`, over the templates of an app as it is synthesized.
//
// The rules stay where they are: the command is run over the assembly that CDK has just written, once for each Auto Scaling group, and what
// it finds is reported as CDK reports the violations of a policy. An error stops the synthesis.
import { dirname } from 'node:path';
import type {
  IAspect,
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyValidationStack,
  PolicyViolation,
} from 'aws-cdk-lib';
import { type CfnResource, Stack, Stage, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type Finding, findCommand, runPreflight } from './directrix-command';
import { resourcesBelow } from './machines';
import { manifest } from './manifest';

/** Which findings stop the synthesis. */
export enum PreflightSeverity {
  /** What would make a rollout fail. */
  ERROR = 'error',

  /** Also what may, such as a builder of images that would be cut off. */
  WARNING = 'warning',
}

/** Properties of PreflightChecks. */
export interface PreflightChecksProps {
  /**
   * What stops the synthesis. The rest is told as a warning.
   *
   * @default PreflightSeverity.ERROR
   */
  readonly failOn?: PreflightSeverity;

  /**
   * The command, as a list of words.
   *
   * @default - the package `directrix` that is installed where the app is
   */
  readonly command?: string[];

  /**
   * Where the release reads its secrets.
   *
   * @default - what the role of the group may read
   */
  readonly secretsPath?: string;
}

/**
 * Runs the template checks of `directrix preflight` at synthesis. To be added as an aspect of the app, or as a plugin:
 *
 *     Aspects.of(app).add(new PreflightChecks());
 *     Validations.of(app).addPlugins(new PreflightChecks());
 *
 * A finding is acknowledged by its code: `Validations.of(construct).acknowledge({ id: 'directrix-preflight::FAIL_OPEN', reason: '…' })`.
 */
export class PreflightChecks implements IAspect, IPolicyValidationPlugin {
  public readonly name = 'directrix-preflight';
  public readonly ruleIds: string[] = [...manifest.codes];
  private readonly props: PreflightChecksProps;
  private readonly added = new WeakSet<IConstruct>();

  public constructor(props: PreflightChecksProps = {}) {
    this.props = props;
  }

  /** Called by CDK: registers the checks with the app. */
  public visit(node: IConstruct): void {
    const root = node.node.root;
    if (this.added.has(root) || !Stage.isStage(root)) return;
    this.added.add(root);
    Validations.of(root).addPlugins(this);
  }

  /** Called by CDK, with the templates that were written. */
  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const command = this.props.command ?? findCommand();
    const found = groupsOf(context.appConstruct).flatMap((group) => this.checkGroup(command, context, group));
    // A builder that is cut off is found for each group of the same assembly.
    const violations = [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
    return { success: violations.every(({ severity }) => severity !== 'error'), violations };
  }

  private checkGroup(command: string[], context: IPolicyValidationContext, group: CfnResource): PolicyViolation[] {
    const stack = topStackOf(group);
    const own = context.stackTemplates.find(({ stackConstructPath }) => stackConstructPath === stack.node.path);
    if (own === undefined)
      throw new Error(`${group.node.path} was not checked: CDK gave no template of ${stack.node.path}.`);
    const names = namesOf(context, own);
    const findings = runPreflight(command, [
      '--template',
      dirname(own.templatePath),
      '--group',
      nameIn(names, group),
      ...(own.region === undefined ? [] : ['--region', own.region]),
      ...(this.props.secretsPath === undefined ? [] : ['--secrets-path', this.props.secretsPath]),
    ]);
    return findings
      .filter(({ severity }) => severity !== 'note')
      .map((finding) => this.violationOf(finding, context.appConstruct, names, group));
  }

  private violationOf(finding: Finding, root: IConstruct, names: Names, group: CfnResource): PolicyViolation {
    const isFatal = finding.severity === 'error' || this.props.failOn === PreflightSeverity.WARNING;
    const resource = resourceOf(finding, root, names) ?? group;
    return {
      ruleName: finding.code,
      description: `${finding.subject}: ${finding.message}`,
      severity: isFatal ? 'error' : 'warning',
      ...(finding.fix !== undefined && { fix: finding.fix }),
      violatingResources: [{ constructPath: resource.node.path, locations: [] }],
    };
  }
}

function groupsOf(root: IConstruct): CfnResource[] {
  return resourcesBelow(root).filter(({ cfnResourceType }) => cfnResourceType === 'AWS::AutoScaling::AutoScalingGroup');
}

function topStackOf(construct: IConstruct): Stack {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  return stack;
}

/** How the command calls resources: by logical ids, with the names of the stacks in front where it reads several. */
interface Names {
  readonly hasStackNames: boolean;
}

function namesOf({ stackTemplates }: IPolicyValidationContext, own: PolicyValidationStack): Names {
  const directory = dirname(own.templatePath);
  const together = stackTemplates.filter(
    ({ templatePath, region }) =>
      templatePath.startsWith(directory) && (region === undefined || own.region === undefined || region === own.region),
  );
  return { hasStackNames: together.length > 1 };
}

function nameIn({ hasStackNames }: Names, resource: CfnResource): string {
  const parts = [logicalIdOf(resource)];
  let stack = Stack.of(resource);
  while (stack.nestedStackParent !== undefined) {
    if (stack.nestedStackResource !== undefined) parts.unshift(logicalIdOf(stack.nestedStackResource));
    stack = stack.nestedStackParent;
  }
  return (hasStackNames ? [stack.stackName, ...parts] : parts).join('/');
}

function logicalIdOf(resource: CfnResource): string {
  return Stack.of(resource).resolve(resource.logicalId) as string;
}

/** The resource that the finding's evidence names first. `Id.eth0` and `Id.DefaultSecurityGroup` are parts of `Id`. */
function resourceOf({ evidence }: Finding, root: IConstruct, names: Names): CfnResource | undefined {
  const byName = new Map(resourcesBelow(root).map((one) => [nameIn(names, one), one]));
  for (const { id } of evidence) {
    const found = byName.get(id) ?? byName.get(id.replace(/\.[^/]*$/, ''));
    if (found !== undefined) return found;
  }
  return undefined;
}
