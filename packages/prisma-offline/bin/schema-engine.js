#!/usr/bin/env node
// Prisma runs this file in place of its native schema engine (PRISMA_SCHEMA_ENGINE_BINARY).
import '../dist/schema-engine-main.js';
