/** Writes the JSON Schemas of the playbook folder, for editors; with --check, compares instead and exits 1 where one differs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileSchemas } from '../src/core/oncall/file-schemas.ts'

const FOLDER = new URL('../playbook/schema/', import.meta.url)

mkdirSync(FOLDER, { recursive: true })
for (const [name, schema] of Object.entries(fileSchemas())) {
  const file = new URL(`${name}.schema.json`, FOLDER)
  const text = `${JSON.stringify(schema, null, 2)}\n`
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  else if (readIfThere(file) !== text) {
    console.error(
      `playbook/schema/${name}.schema.json differs from the language: run \`npm run schema:playbook\` and look at the difference`,
    )
    process.exitCode = 1
  }
}

function readIfThere(file: URL): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
