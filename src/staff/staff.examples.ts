/** Examples that several operations show in the API description. */
export const staffMember = {
  staff_id: '019a9c35-55d1-7e04-8c1f-6b0a9d2e3f47',
  role: 'auditor',
  email: 'auditor@example.net',
  name: 'Ada Reiter, Reiter & Co',
};

export const staffSessionId = '019a9c36-0a0e-7c9b-9f13-4d5e6f708192';
export const staffSessionEnd = '2026-11-22T21:30:00.000Z';

export const issuedStaffSession = {
  id: staffSessionId,
  staff_id: staffMember.staff_id,
  role: staffMember.role,
  token: 'ccx_ss_Zk3vX0q9TnB7sLw2yJdRc6hPmUo5eAf8iGtK1xVbQ4E',
  expires_at: staffSessionEnd,
};

export const invited = {
  staff_id: staffMember.staff_id,
  invitation_token: 'ccx_si_0b7yVQ1xq0mJ9r3c8sKz5dWfTn2LhGa4pEiXuRoYvB6',
  expires_at: '2026-11-29T09:30:00.000Z',
};
