import type { UserRecord } from './user-rows.js';

/** The password of all demo accounts, and of all accounts that `npm run seed` makes. */
export const demoPassword = 'caregraph-demo';

/** The demo accounts in the order of their ids; the first four are what the README and the tests rely on. */
export const demoAccounts: readonly UserRecord[] = [
  account(1, 'admin', 'Ada', 'Lindqvist', 'admin@hospital.com'),
  account(2, 'doctor', 'Mei', 'Chen', 'doctor@hospital.com'),
  account(3, 'nurse', 'Noémie', "O'Sullivan", 'nurse@hospital.com'),
  account(4, 'staff', 'Tomás', 'Ibáñez', 'staff@hospital.com'),
  account(5, 'doctor', 'Olúwaṣeun', 'Adébáyò', 'seun.adebayo@hospital.com'),
  account(6, 'doctor', 'Małgorzata', 'Woźniak', 'malgorzata.wozniak@hospital.com'),
  account(7, 'doctor', 'Søren', 'Østergård', 'soren.ostergard@hospital.com'),
  account(8, 'nurse', 'Ka’iulani', 'Kealoha', 'kaiulani.kealoha@hospital.com'),
  account(9, 'staff', 'Şebnem', 'Yıldız', 'sebnem.yildiz@hospital.com'),
  account(10, 'admin', 'Siddharth', 'Iyer', 'siddharth.iyer@hospital.com'),
];

function account(
  id: number,
  role: UserRecord['role'],
  firstName: string,
  lastName: string,
  email: string,
): UserRecord {
  return { id, role, firstName, lastName, email };
}
