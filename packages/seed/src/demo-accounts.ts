import { demoEmails } from '@caregraph/users-subgraph/demo-logins';
import type { UserRecord } from './user-rows.js';

export { demoPassword } from '@caregraph/users-subgraph/demo-logins';

/** The demo accounts in the order of their ids; the first four are what the README and the tests rely on. */
export const demoAccounts: readonly UserRecord[] = [
  account(1, 'admin', 'Ada', 'Lindqvist'),
  account(2, 'doctor', 'Mei', 'Chen'),
  account(3, 'nurse', 'Noémie', "O'Sullivan"),
  account(4, 'staff', 'Tomás', 'Ibáñez'),
  account(5, 'doctor', 'Olúwaṣeun', 'Adébáyò'),
  account(6, 'doctor', 'Małgorzata', 'Woźniak'),
  account(7, 'doctor', 'Søren', 'Østergård'),
  account(8, 'nurse', 'Ka’iulani', 'Kealoha'),
  account(9, 'staff', 'Şebnem', 'Yıldız'),
  account(10, 'admin', 'Siddharth', 'Iyer'),
];

function account(id: number, role: UserRecord['role'], firstName: string, lastName: string): UserRecord {
  const email = demoEmails[id - 1];
  if (email === undefined) throw new RangeError(`The demo has no account ${id}`);
  return { id, role, firstName, lastName, email };
}
