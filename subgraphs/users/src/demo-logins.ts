/** The password of all accounts that come with the demo, and with made-up data. */
export const demoPassword = 'caregraph-demo';

/** The addresses of the demo's accounts, in the order of their ids. */
export const demoEmails = [
  'admin@hospital.com',
  'doctor@hospital.com',
  'nurse@hospital.com',
  'staff@hospital.com',
  'seun.adebayo@hospital.com',
  'malgorzata.wozniak@hospital.com',
  'soren.ostergard@hospital.com',
  'kaiulani.kealoha@hospital.com',
  'sebnem.yildiz@hospital.com',
  'siddharth.iyer@hospital.com',
] as const;
