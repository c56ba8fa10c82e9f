import type { Reader, Tx } from '../platform/database/database.js';
import { StaffFactor } from './staff-factor.entity.js';
import { StaffInvitation, StaffMember, type StaffRole } from './staff-member.entity.js';

/** Loads the member with this address and holds the row until commit. */
export function lockMemberByEmail(tx: Tx, email: string): Promise<StaffMember | null> {
  return tx.findOne(StaffMember, { where: { email }, lock: { mode: 'pessimistic_write' } });
}

/** Loads the member and holds the row until commit. */
export function lockMember(tx: Tx, id: string): Promise<StaffMember | null> {
  return tx.findOne(StaffMember, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

/** Loads the second factor of a member and holds the row until commit. */
export function lockFactor(tx: Tx, staffId: string): Promise<StaffFactor | null> {
  return tx.findOne(StaffFactor, { where: { staffId }, lock: { mode: 'pessimistic_write' } });
}

/** Who was invited by this token, while it is good. */
export async function findInvited(reader: Reader, tokenHash: Buffer, now: Date): Promise<StaffMember | null> {
  const invitation = await reader.findOneBy(StaffInvitation, { tokenHash });
  if (!invitation || invitation.expiresAt <= now) return null;
  return reader.findOneBy(StaffMember, { id: invitation.staffId, status: 'invited' });
}

export interface LiveStaffSessionRow {
  id: string;
  staff_id: string;
  role: StaffRole;
  last_used_at: Date;
}

/** `$2` is now, `$3` the time since when the session must have been used. */
export const STAFF_SESSION_BY_TOKEN = `
  select s.id, s.staff_id, m.role, s.last_used_at
    from staff_sessions s
    join staff_members m on m.id = s.staff_id and m.status = 'active'
   where s.token_hash = $1 and s.expires_at > $2 and s.last_used_at > $3`;

/** Notes the use of a session, unless another request has noted it since `$3`. */
export const NOTE_STAFF_SESSION_USE = `
  update staff_sessions set last_used_at = $2 where id = $1 and last_used_at <= $3`;
