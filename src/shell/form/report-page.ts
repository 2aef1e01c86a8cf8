/** The pages of the report forms: rendered here, no script, everything written by strangers escaped. */
import { FORMS, type FormField, type FormValues } from '../../core/form/report-form.ts'
import type { ReportKind } from '../../core/playbook/report.ts'
import { type Html, html } from '../http/pages/html.ts'
import type { PageParts } from '../http/pages/layout.ts'

export const NO_VALUES: FormValues = { what: '', details: '', service: '', extent: '', contact: '' }
/** People do not see it and leave it empty; robots fill in everything. */
export const TRAP_FIELD = 'website'

interface FormState {
  readonly token: string
  readonly values: FormValues
  readonly faults: Readonly<Partial<Record<FormField['name'], string>>>
  /** Above the form; null for nothing. */
  readonly notice: string | null
}

export function formPage(kind: ReportKind, { token, values, faults, notice }: FormState): PageParts {
  const { title, lead, button, fields } = FORMS[kind]
  return {
    title,
    body: html`<h1>${title}</h1><p class="sub">${lead}</p>${notice !== null && html`<p class="bad" role="alert">${notice}</p>`}
<form class="ask" method="post" action="/report/${kind}" autocomplete="on">
<input type="hidden" name="token" value="${token}">
${fields.map((field) => renderField(field, values[field.name], faults[field.name]))}
<p class="trap" aria-hidden="true"><label>Leave this empty <input name="${TRAP_FIELD}" value="" tabindex="-1" autocomplete="off"></label></p>
<button class="main" type="submit">${button}</button></form>`,
  }
}

function renderField({ name, label, hint, charsMax, required, lines, choices }: FormField, value: string, fault: string | undefined): Html {
  const said = html`${fault !== undefined && html`<span class="bad" id="${name}-fault">${fault}</span>`}`
  const described = fault === undefined ? '' : `${name}-fault`
  const head = html`<label for="${name}">${label}${required && html` <span class="sub">(needed)</span>`}</label>${hint !== '' && html`<span class="note">${hint}</span>`}${said}`
  if (choices.length > 0) {
    return html`<p>${head}<select id="${name}" name="${name}">${choices.map((choice) =>
      choice.value === value
        ? html`<option value="${choice.value}" selected>${choice.label}</option>`
        : html`<option value="${choice.value}">${choice.label}</option>`,
    )}</select></p>`
  }
  // A line end right after the tag is dropped by browsers: one is put there, so that none of the writer's is.
  if (lines > 1)
    return html`<p>${head}<textarea id="${name}" name="${name}" rows="${lines}" maxlength="${charsMax}" aria-describedby="${described}">
${value}</textarea></p>`
  return required
    ? html`<p>${head}<input id="${name}" name="${name}" value="${value}" maxlength="${charsMax}" required aria-describedby="${described}"></p>`
    : html`<p>${head}<input id="${name}" name="${name}" value="${value}" maxlength="${charsMax}" aria-describedby="${described}"></p>`
}

export function takenPage(kind: ReportKind, reference: string): PageParts {
  const next =
    kind === 'security' ? 'Those who respond to it have been told, and nobody else can read it.' : 'Those who can help have been told.'
  return {
    title: 'Thank you',
    body: html`<h1>Thank you</h1><p class="sub">Your report is kept. ${next}</p><div class="box good"><span>Your reference</span><span class="left">${reference}</span></div><p class="note">Give it when you write to us about this again.</p>`,
  }
}

export function closedPage(): PageParts {
  return { title: 'Not found', body: html`<h1>There is nothing here</h1><p class="sub">This form is closed.</p>` }
}

export function busyPage(): PageParts {
  return {
    title: 'Too many reports',
    body: html`<h1>Too many reports at once</h1><p class="sub">Yours was not kept. Please go back, wait some minutes and send it again.</p>`,
  }
}

export function refusedPage(status: number): PageParts {
  const why =
    status === 413 ? 'It is too long. Please go back and shorten it.' : 'Please go back, open the form again and send it from there.'
  return { title: 'Not sent', body: html`<h1>Your report was not sent</h1><p class="sub">${why}</p>` }
}
