export { type Channel, ChannelError, type Message, type Post } from './alerts/channel.js';
export { type ChannelPorts, createChannels } from './alerts/channels.js';
export type { DeliveryOutcome } from './alerts/deliveries.js';
export { fetchPost } from './alerts/fetch-post.js';
export { type Check, type CheckClock, type CheckResult, runCheck } from './check.js';
export type * from './configuration/configuration.js';
export {
  type ConfigurationIssue,
  type ConfigurationReading,
  type ReadingContext,
  readConfiguration,
} from './configuration/read-configuration.js';
export { compareAnswer, type Mismatch } from './expectations.js';
export { createFetchTransport, type Fetch } from './fetch-transport.js';
export { History, type HistoryDay, type HistoryOptions, type HistorySpan } from './history/history.js';
export type { Look, LookOutcome } from './history/look-record.js';
export { type Delivery, StateLog, type StateLogContents } from './history/state-log.js';
export { createHttpTransport, type TransportTime } from './http-transport.js';
export { type Deploy, type DeployEntry, type DeployNote, deployOf, findDeploy } from './incident/deploys.js';
export type { Alert, EndedIncident, Incident, IncidentState } from './incident/incident.js';
export type { PlaceStatus } from './incident/place-state.js';
export type { Sight, Trouble } from './incident/sight.js';
export type { Verdict } from './incident/verdict.js';
export { createMetrics, type WatchMetrics } from './metrics.js';
export type { HeardPlace, Reception } from './places/places.js';
export { type Prober, type ProberClock, type ProberOptions, type ProberTake, startProber } from './prober.js';
export {
  type Certificate,
  type HttpAnswer,
  type HttpFailure,
  type HttpRequest,
  type HttpResult,
  isConnected,
  type Phases,
  type Redirect,
  type RequestPhase,
  type Transport,
} from './request.js';
export { type Identify, toRequestAnswer } from './request-answer.js';
export { startWatchServer, type WatchServer, type WatchServerOptions } from './server.js';
export {
  type AlertContext,
  type SubjectStatus,
  startWatch,
  type Watch,
  type WatchEvent,
  type WatchPorts,
  type WatchStatus,
} from './watch.js';
