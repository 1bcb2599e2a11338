export type {
  Failures,
  NetworkChange,
  NetworkEdit,
  PreflightSaid,
  ProberSighting,
  Sighting,
  TargetHealthChange,
  TimelineEntry,
  Witness,
} from './entry.js';
export { type Impact, measureImpact, type Outage, quietMs, type RequestSecond, statementOfOutages } from './impact.js';
export { type JournalEvent, type JournalReading, type JournalTarget, readJournal } from './journal.js';
export { durationsOf, findMilestones, type Milestone, type Milestones } from './milestones.js';
export {
  addFindings,
  type Cause,
  type FindingSeen,
  type OpenQuestion,
  type Postmortem,
  type PostmortemRequest,
  type PreflightRun,
  type RemediationItem,
  type RequestsCounter,
  writePostmortem,
} from './postmortem.js';
export { hideSecrets } from './secrets.js';
export { readSightings, type SightingsReading } from './sightings.js';
export { type ProbedIncident, statementOfActivities, statementOfIncidents, statementOfJournal } from './statements.js';
export { mergeStatements, type Span, type Statement, type Timed } from './timeline.js';
