import type { Random } from './random.js';

/** Where somebody lives. */
export interface Address {
  readonly line: string;
  readonly city: string;
  readonly state: string;
  readonly zipCode: string;
}

/** City, state, the beginning of its ZIP codes, area code. */
const places = [
  ['Springfield', 'IL', '627', '217'],
  ['Portland', 'OR', '972', '503'],
  ['Albany', 'NY', '122', '518'],
  ['Santa Fe', 'NM', '875', '505'],
  ['Cañon City', 'CO', '812', '719'],
  ['Baton Rouge', 'LA', '708', '225'],
  ["Coeur d'Alene", 'ID', '838', '208'],
  ['Duluth', 'MN', '558', '218'],
  ['Savannah', 'GA', '314', '912'],
  ['San José', 'CA', '951', '408'],
  ['Burlington', 'VT', '054', '802'],
  ['Tucson', 'AZ', '857', '520'],
  ['Spokane', 'WA', '992', '509'],
  ['Winston-Salem', 'NC', '271', '336'],
  ['Fort Wayne', 'IN', '468', '260'],
  ['El Paso', 'TX', '799', '915'],
  ['Lincoln', 'NE', '685', '402'],
  ['Providence', 'RI', '029', '401'],
  ['Hilo', 'HI', '967', '808'],
  ['Fairbanks', 'AK', '997', '907'],
] as const;

const streets =
  'Maple,Oak,Cedar,Elm,Washington,Lakeview,Hillcrest,Park,River,Sunset,Chestnut,Franklin,Church,Mill,Juniper'.split(
    ',',
  );
const streetKinds = ['Street', 'Avenue', 'Road', 'Lane', 'Drive', 'Court', 'Boulevard'];

const insurers = [
  'Northlake Mutual',
  'Blue Harbor Health',
  'Prairie Care Cooperative',
  'Evergreen Assurance',
  'Summit Family Health Plan',
  'Meridian Community Care',
  'Granite State Health',
  'Tidewater Benefit Trust',
];

/** A plausible address; the house is made up. */
export function randomAddress(random: Random): Address {
  const [city, state, zip] = random.pick(places);
  const apartment = random.chance(0.25) ? `, Apt ${random.integer(1, 40)}` : '';
  return {
    line: `${random.integer(1, 9_899)} ${random.pick(streets)} ${random.pick(streetKinds)}${apartment}`,
    city,
    state,
    zipCode: `${zip}${String(random.integer(1, 99)).padStart(2, '0')}`,
  };
}

/** A number of those that are kept for fiction: 555-0100 to 555-0199 of an area code. */
export function randomPhone(random: Random): string {
  const [, , , areaCode] = random.pick(places);
  return `+1 ${areaCode}-555-01${String(random.integer(0, 99)).padStart(2, '0')}`;
}

/** An insurer that does not exist, and the number of a policy. */
export function randomInsurance(random: Random): {
  readonly provider: string;
  readonly policyNumber: string;
} {
  const provider = random.pick(insurers);
  const initials = provider.replace(/[^A-Z]/g, '');
  return { provider, policyNumber: `${initials}-${random.integer(1_000_000, 9_999_999)}` };
}
