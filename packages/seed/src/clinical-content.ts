import type { Random } from './random.js';

/** What `appointments.type` holds. */
export type AppointmentType = 'consultation' | 'follow-up' | 'procedure' | 'emergency';

/** What a patient's record says for doctors and nurses; null where nobody has noted anything. */
export interface ClinicalContent {
  readonly medicalHistory: string | null;
  readonly allergies: string | null;
  readonly medications: string | null;
}

/** Conditions, each with what is usually taken for it. */
const conditions = [
  ['Essential hypertension', 'Lisinopril 10 mg once daily'],
  ['Type 2 diabetes mellitus', 'Metformin 500 mg twice daily'],
  ['Asthma', 'Salbutamol inhaler as needed'],
  ['Hypothyroidism', 'Levothyroxine 75 µg once daily'],
  ['Hyperlipidemia', 'Atorvastatin 20 mg at night'],
  ['Migraine without aura', 'Sumatriptan 50 mg as needed'],
  ['Gastroesophageal reflux', 'Omeprazole 20 mg once daily'],
  ['Generalized anxiety disorder', 'Sertraline 50 mg once daily'],
  ['Osteoarthritis of the knee', 'Acetaminophen 500 mg as needed'],
  ['Atrial fibrillation', 'Apixaban 5 mg twice daily'],
  ['Chronic kidney disease, stage 2', null],
  ['Appendectomy in childhood', null],
  ['Fracture of the left radius, healed', null],
] as const;

const allergies = [
  'Penicillin (rash)',
  'Peanuts (anaphylaxis)',
  'Latex (contact dermatitis)',
  'Ibuprofen (wheezing)',
  'Shellfish (hives)',
  'Sulfonamides (rash)',
  'Bee venom (swelling)',
  'Iodinated contrast (hives)',
  'Crème de noisette (itching)',
];

const reasons: Readonly<Record<AppointmentType, readonly string[]>> = {
  consultation: [
    'Annual physical',
    'Persistent cough',
    'Lower back pain',
    'Headaches since last month',
    'New patient visit',
    'Fatigue, wants blood tests',
    'Skin rash on both arms',
  ],
  'follow-up': [
    'Blood pressure check',
    'Review of laboratory results',
    'Medication review',
    'Diabetes follow-up',
    'Check after surgery',
  ],
  procedure: ['Suture removal', 'Joint injection', 'Biopsy of a skin lesion', 'Spirometry', 'Wound care'],
  emergency: ['Chest tightness', 'Acute allergic reaction', 'Laceration of the hand', 'High fever'],
};

const notes = [
  'Doing well. No change.',
  'Dose raised; see again in six weeks.',
  'Blood drawn; results to follow.',
  'Referred to a specialist.',
  "Patient's questions answered; written advice given.",
  'Symptoms resolved.',
];

/** A record that fits together: medications for what the history names. `isFrequent`: somebody who comes often. */
export function randomClinicalContent(random: Random, isFrequent: boolean): ClinicalContent {
  const number = random.pickWeighted(
    isFrequent
      ? [
          [1, 1],
          [2, 3],
          [3, 2],
        ]
      : [
          [0, 5],
          [1, 4],
          [2, 1],
        ],
  );
  const present = sample(random, conditions, number);
  const taken = present.flatMap(([, medication]) => (medication === null ? [] : [medication]));
  const known = random.chance(0.3) ? sample(random, allergies, random.integer(1, 2)) : [];
  return {
    medicalHistory: joined(present.map(([condition]) => condition)),
    allergies: joined(known) ?? (random.chance(0.5) ? 'None known' : null),
    medications: joined(taken),
  };
}

/** Why somebody comes for an appointment of this type. */
export function randomReason(random: Random, type: AppointmentType): string {
  return random.pick(reasons[type]);
}

/** What a doctor has written down afterwards. */
export function randomNotes(random: Random): string {
  return random.pick(notes);
}

function joined(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.join('; ');
}

/** `number` different ones of the items, in the items' order. */
function sample<Item>(random: Random, items: readonly Item[], number: number): Item[] {
  const chosen = new Set<Item>();
  while (chosen.size < Math.min(number, items.length)) chosen.add(random.pick(items));
  return items.filter((item) => chosen.has(item));
}
