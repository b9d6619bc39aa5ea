import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  type ConnectionInfo,
  type IsolationLevel,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlResultSet,
  type Transaction,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { databaseTarget, quoteIdentifier, type DatabaseTarget } from '@caregraph/service-kit/database-target';

type PrismaPgAdapter = Awaited<ReturnType<PrismaPg['connect']>>;

/**
 * The catalogue's one-byte `"char"`, which `@prisma/adapter-pg` refuses. It passes through the adapter as a uuid,
 * which is text there too and occurs in no column that the engine reads, and becomes a character behind it.
 */
const CHAR_OID = 18;
const UUID_OID = 2950;

/**
 * Opens databases for the schema engine through `@prisma/adapter-pg`, and closes the gaps that the adapter has
 * when it drives that engine rather than Prisma's client.
 */
export class SchemaEngineAdapterFactory implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';

  constructor(private readonly url: string) {}

  async connect(): Promise<SqlDriverAdapter> {
    return openAdapter(databaseTarget(this.url));
  }

  /**
   * Creates a database to replay the migrations in; it is dropped with the adapter. The adapter's own
   * implementation drops it while still connected to it, which PostgreSQL refuses.
   */
  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const name = `prisma_migrate_shadow_db_${randomUUID()}`;
    const main = await this.connect();
    await main.executeScript(`CREATE DATABASE ${quoteIdentifier(name)}`);
    const shadowUrl = new URL(this.url);
    shadowUrl.pathname = `/${name}`;
    shadowUrl.searchParams.delete('schema');
    return openAdapter(databaseTarget(shadowUrl.href), async () => {
      await main.executeScript(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`);
      await main.dispose();
    });
  }
}

async function openAdapter(
  target: DatabaseTarget,
  afterDispose?: () => Promise<void>,
): Promise<SqlDriverAdapter> {
  const pool = new pg.Pool({ ...target.connection, Client: CatalogueClient });
  const factory = new PrismaPg(pool, { schema: target.schema, disposeExternalPool: true });
  return new SchemaEngineAdapter(await factory.connect(), afterDispose);
}

/** Reports the catalogue's `"char"` columns as uuids. */
class CatalogueClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Attached before the client's own listener, which hands these descriptions to the adapter.
    this.connection.on('rowDescription', ({ fields }: { fields: { dataTypeID: number }[] }) => {
      for (const field of fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = UUID_OID;
    });
  }
}

class SchemaEngineAdapter implements SqlDriverAdapter {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';

  constructor(
    private readonly adapter: PrismaPgAdapter,
    private readonly afterDispose?: () => Promise<void>,
  ) {}

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    const result = await this.adapter.queryRaw(query);
    const columnTypes = result.columnTypes.map((type) =>
      type === ColumnTypeEnum.Uuid ? ColumnTypeEnum.Character : type,
    );
    return { ...result, columnTypes };
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.adapter.executeRaw(query);
  }

  /**
   * Sends the whole script as one simple query. The adapter would split it at every semicolon, those within
   * function bodies included.
   */
  async executeScript(script: string): Promise<void> {
    if (script.trim() !== '') await this.adapter.executeRaw({ sql: script, args: [], argTypes: [] });
  }

  startTransaction(isolationLevel?: IsolationLevel): Promise<Transaction> {
    return this.adapter.startTransaction(isolationLevel);
  }

  getConnectionInfo(): ConnectionInfo {
    return this.adapter.getConnectionInfo();
  }

  async dispose(): Promise<void> {
    await this.adapter.dispose();
    await this.afterDispose?.();
  }
}
