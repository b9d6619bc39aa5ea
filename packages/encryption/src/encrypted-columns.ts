/** The services whose databases hold encrypted text. */
export const encryptedServices = ['patients', 'appointments'] as const;
export type EncryptedService = (typeof encryptedServices)[number];

/** What is encrypted in a table. */
export interface EncryptedTable {
  readonly table: string;
  readonly columns: readonly EncryptedColumn[];
}

export interface EncryptedColumn {
  readonly column: string;
  /** The column that held the text before it was encrypted, where that is too narrow for it now. */
  readonly formerColumn?: string;
}

/** The encrypted columns of each service. */
export const encryptedTables: Readonly<Record<EncryptedService, EncryptedTable>> = {
  patients: {
    table: 'patients',
    columns: [
      { column: 'medical_history' },
      { column: 'allergies' },
      { column: 'medications' },
      { column: 'policy_number_encrypted', formerColumn: 'policy_number' },
    ],
  },
  appointments: { table: 'appointments', columns: [{ column: 'notes' }] },
};
