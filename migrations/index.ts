import { Acknowledgements1760000060151 } from './1760000060151-acknowledgements.js';
import { AuditLog1760000000020 } from './1760000000020-audit-log.js';
import { ClientSources1760000070110 } from './1760000070110-client-sources.js';
import { ConsentRules1760000000120 } from './1760000000120-consent-rules.js';
import { ConsentLifecycle1760000000100 } from './1760000000100-consent-lifecycle.js';
import { ConsentReceipts1760000000110 } from './1760000000110-consent-receipts.js';
import { Consents1760000000090 } from './1760000000090-consents.js';
import { Contacts1760000060152 } from './1760000060152-contacts.js';
import { Customers1760000000060 } from './1760000000060-customers.js';
import { Delegations1760000060170 } from './1760000060170-delegations.js';
import { DevicePolls1760000050030 } from './1760000050030-device-polls.js';
import { Disclosures1760000040000 } from './1760000040000-disclosures.js';
import { Imports1760000060180 } from './1760000060180-imports.js';
import { InteractionCorrections1760000070120 } from './1760000070120-interaction-corrections.js';
import { InteractionDoubts1760000070121 } from './1760000070121-interaction-doubts.js';
import { InteractionKeyStatistics1760000070122 } from './1760000070122-interaction-key-statistics.js';
import { InteractionKeysAlone1760000090112 } from './1760000090112-interaction-keys-alone.js';
import { InteractionNotes1760000070140 } from './1760000070140-interaction-notes.js';
import { InteractionJobs1760000070130 } from './1760000070130-interaction-jobs.js';
import { InteractionDisputes1760000070150 } from './1760000070150-interaction-disputes.js';
import { InteractionRetention1760000070152 } from './1760000070152-interaction-retention.js';
import { DemandReleases1760000070153 } from './1760000070153-demand-releases.js';
import { InteractionCounterMarks1760000090111 } from './1760000090111-interaction-counter-marks.js';
import { InteractionCounters1760000070151 } from './1760000070151-interaction-counters.js';
import { Interactions1760000030000 } from './1760000030000-interactions.js';
import { JobTurns1760000090120 } from './1760000090120-job-turns.js';
import { KeyUses1760000050040 } from './1760000050040-key-uses.js';
import { LongJobs1760000060200 } from './1760000060200-long-jobs.js';
import { TillCodes1760000060201 } from './1760000060201-till-codes.js';
import { OAuthArtifacts1760000050000 } from './1760000050000-oauth-artifacts.js';
import { OAuthReplays1760000050010 } from './1760000050010-oauth-replays.js';
import { Outbox1760000000030 } from './1760000000030-outbox.js';
import { OutboxParcels1760000090110 } from './1760000090110-outbox-parcels.js';
import { Partitions1760000000005 } from './1760000000005-partitions.js';
import { Passkeys1760000010020 } from './1760000010020-passkeys.js';
import { PersonalTokens1760000010010 } from './1760000010010-personal-tokens.js';
import { PreferenceAuthors1760000060171 } from './1760000060171-preference-authors.js';
import { PreApprovals1760000060190 } from './1760000060190-pre-approvals.js';
import { Preferences1760000000080 } from './1760000000080-preferences.js';
import { Requests1760000000040 } from './1760000000040-requests.js';
import { RetailerMenus1760000060150 } from './1760000060150-retailer-menus.js';
import { RestoredPreferences1760000060160 } from './1760000060160-restored-preferences.js';
import { Retailers1760000000070 } from './1760000000070-retailers.js';
import { Roles1760000000000 } from './1760000000000-roles.js';
import { Snapshots1760000060202 } from './1760000060202-snapshots.js';
import { SignIn1760000010000 } from './1760000010000-sign-in.js';
import { SigningKeys1760000050020 } from './1760000050020-signing-keys.js';
import { Staff1760000020000 } from './1760000020000-staff.js';
import { StaffFactors1760000020010 } from './1760000020010-staff-factors.js';
import { SubjectKeys1760000000010 } from './1760000000010-subject-keys.js';
import { VocabularyExtensions1760000060131 } from './1760000060131-vocabulary-extensions.js';
import { VocabularyReleases1760000060130 } from './1760000060130-vocabulary-releases.js';
import { SuggestionSettings1760000070160 } from './1760000070160-suggestion-settings.js';
import { SuggestionDays1760000070161 } from './1760000070161-suggestion-days.js';
import { Suggestions1760000070162 } from './1760000070162-suggestions.js';
import { LogCheckpoints1760000080101 } from './1760000080101-log-checkpoints.js';
import { LogAnchors1760000080110 } from './1760000080110-log-anchors.js';
import { LogTiles1760000080100 } from './1760000080100-log-tiles.js';
import { SuggestionPriors1760000070163 } from './1760000070163-suggestion-priors.js';
import { DisclosureDays1760000080120 } from './1760000080120-disclosure-days.js';
import { DisclosureSegments1760000080121 } from './1760000080121-disclosure-segments.js';
import { Erasures1760000080140 } from './1760000080140-erasures.js';
import { ErasureRegister1760000080160 } from './1760000080160-erasure-register.js';
import { StaffLetIn1760000080150 } from './1760000080150-staff-let-in.js';
import { AuditSubjectsByCustomer1760000090150 } from './1760000090150-audit-subjects-by-customer.js';
import { HeldKeys1760000090151 } from './1760000090151-held-keys.js';
import { AuditEntryIds1760000080122 } from './1760000080122-audit-entry-ids.js';
import { AuditMonitor1760000080132 } from './1760000080132-audit-monitor.js';
import { AuditViews1760000080130 } from './1760000080130-audit-views.js';
import { Reidentifications1760000080131 } from './1760000080131-reidentifications.js';
import { SchemaSeenByService1760000090130 } from './1760000090130-schema-seen-by-service.js';
import { IdempotencyRuns1760000090131 } from './1760000090131-idempotency-runs.js';

/** All migrations, in the order in which they run. */
export const migrations = [
  Roles1760000000000,
  Partitions1760000000005,
  SubjectKeys1760000000010,
  AuditLog1760000000020,
  Outbox1760000000030,
  Requests1760000000040,
  Customers1760000000060,
  Retailers1760000000070,
  Preferences1760000000080,
  Consents1760000000090,
  ConsentLifecycle1760000000100,
  ConsentReceipts1760000000110,
  ConsentRules1760000000120,
  SignIn1760000010000,
  PersonalTokens1760000010010,
  Passkeys1760000010020,
  Staff1760000020000,
  StaffFactors1760000020010,
  Interactions1760000030000,
  Disclosures1760000040000,
  OAuthArtifacts1760000050000,
  OAuthReplays1760000050010,
  SigningKeys1760000050020,
  DevicePolls1760000050030,
  KeyUses1760000050040,
  VocabularyReleases1760000060130,
  VocabularyExtensions1760000060131,
  RetailerMenus1760000060150,
  Acknowledgements1760000060151,
  Contacts1760000060152,
  RestoredPreferences1760000060160,
  Delegations1760000060170,
  PreferenceAuthors1760000060171,
  Imports1760000060180,
  PreApprovals1760000060190,
  LongJobs1760000060200,
  TillCodes1760000060201,
  Snapshots1760000060202,
  ClientSources1760000070110,
  InteractionCorrections1760000070120,
  InteractionDoubts1760000070121,
  InteractionKeyStatistics1760000070122,
  InteractionJobs1760000070130,
  InteractionNotes1760000070140,
  InteractionDisputes1760000070150,
  InteractionCounters1760000070151,
  InteractionRetention1760000070152,
  DemandReleases1760000070153,
  SuggestionSettings1760000070160,
  SuggestionDays1760000070161,
  Suggestions1760000070162,
  SuggestionPriors1760000070163,
  LogTiles1760000080100,
  LogCheckpoints1760000080101,
  LogAnchors1760000080110,
  DisclosureDays1760000080120,
  DisclosureSegments1760000080121,
  AuditEntryIds1760000080122,
  AuditViews1760000080130,
  Reidentifications1760000080131,
  AuditMonitor1760000080132,
  Erasures1760000080140,
  StaffLetIn1760000080150,
  ErasureRegister1760000080160,
  OutboxParcels1760000090110,
  InteractionCounterMarks1760000090111,
  InteractionKeysAlone1760000090112,
  JobTurns1760000090120,
  SchemaSeenByService1760000090130,
  IdempotencyRuns1760000090131,
  AuditSubjectsByCustomer1760000090150,
  HeldKeys1760000090151,
];
