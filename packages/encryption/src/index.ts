export { encryptedTables, type EncryptedService, type EncryptedTable } from './encrypted-columns.js';
export { DecryptionError, type Place } from './encrypted-text.js';
export { encryptionProblems, encryptionSettings, type EncryptionSettings } from './encryption-settings.js';
export { openFieldCipher, type FieldCipher } from './field-cipher.js';
export { readText, storedText, textToStore, type StoredText } from './stored-text.js';
export type { KeyChangeOptions } from './key-change.js';
export { encryptClearValues, rotateDataKeys } from './rotate-keys.js';
