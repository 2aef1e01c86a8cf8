/** Forms for people outside, `/report/ticket` and `/report/security`. The pages are `src/shell/form/`; no key opens them, the playbook does. */
import { defineIntegration } from '../../integration.ts'
import { receiveForm } from './receive.ts'

export const form = defineIntegration({
  id: 'form',
  title: 'Report form',
  spokenBy: 'people',
  doors: [],
  innerDoors: [{ id: 'form', receive: receiveForm }],
})
