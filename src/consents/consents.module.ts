import { Module } from '@nestjs/common';

import { CustomersModule } from '../customers/customers.module.js';
import { RetailersModule } from '../retailers/retailers.module.js';
import { VocabularyModule } from '../vocabulary/vocabulary.module.js';
import { BulkWithdrawals } from './bulk-withdrawals.service.js';
import { ConsentAnswers } from './consent-answers.js';
import { ConsentCommandsController } from './consent-commands.controller.js';
import { ConsentEndings } from './consent-endings.service.js';
import { ConsentLifecycle } from './consent-lifecycle.service.js';
import { ConsentReminders } from './consent-reminders.service.js';
import { ConsentRenewals } from './consent-renewals.service.js';
import { ConsentRequestsController } from './consent-requests.controller.js';
import { ConsentRequestsService } from './consent-requests.service.js';
import { ConsentsController } from './consents.controller.js';
import { ConsentsData } from './consents-data.js';
import { ConsentsJournal } from './consents-journal.js';
import { ConsentsService } from './consents.service.js';
import { InboxController } from './inbox.controller.js';
import { InboxService } from './inbox.service.js';
import { LineOrigins } from './line-origins.service.js';
import { PreApprovalDecisions } from './pre-approval-decisions.js';
import { PreApprovals } from './pre-approvals.service.js';
import { ReceiptIssuer } from './receipt-issuer.js';
import { ReceiptProofs } from './receipt-proofs.service.js';
import { ReceiptSchemaController } from './receipt-schema.controller.js';
import { ReceiptsController } from './receipts.controller.js';
import { ReceiptsService } from './receipts.service.js';
import { RequestDecisions } from './request-decisions.js';
import { RequestNotices } from './request-notices.js';
import { RetailerReceiptsController } from './retailer-receipts.controller.js';
import { RuleDecisions } from './rule-decisions.js';
import { RulesController } from './rules.controller.js';
import { RulesService } from './rules.service.js';

@Module({
  imports: [CustomersModule, RetailersModule, VocabularyModule],
  controllers: [
    ConsentsController,
    ConsentCommandsController,
    ConsentRequestsController,
    InboxController,
    ReceiptsController,
    RetailerReceiptsController,
    ReceiptSchemaController,
    RulesController,
  ],
  providers: [
    ConsentEndings,
    BulkWithdrawals,
    ConsentAnswers,
    ConsentLifecycle,
    ConsentReminders,
    ConsentRenewals,
    ConsentsData,
    ConsentsJournal,
    ConsentsService,
    ConsentRequestsService,
    InboxService,
    LineOrigins,
    PreApprovalDecisions,
    PreApprovals,
    ReceiptIssuer,
    ReceiptProofs,
    ReceiptsService,
    RequestDecisions,
    RequestNotices,
    RuleDecisions,
    RulesService,
  ],
  exports: [
    BulkWithdrawals,
    ConsentEndings,
    ConsentLifecycle,
    ConsentRenewals,
    ConsentsService,
    ConsentRequestsService,
    LineOrigins,
    PreApprovals,
    ReceiptsService,
    RulesService,
  ],
})
export class ConsentsModule {}
