/** Giving a certificate by hand: a file, or its text. It is not sent anywhere but to this server. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState, type ChangeEvent, type FormEvent } from 'react'
import type { List, SignerCertificate } from '../../../src/api/schema.ts'
import { certificatesQuery } from '../../api/detection.ts'
import { explainError, fieldError } from '../../api/problem.ts'
import { request } from '../../api/request.ts'
import { tell } from '../../app/toast-store.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog, DialogActions } from '../../parts/dialog.tsx'
import { FormError, TextArea, TextField } from '../../parts/field.tsx'
import { faultOfPem } from './certificates.ts'
import { freshen } from './change-source.ts'

const PEM_CHARS_MAX = 32_768

interface DialogProps {
  readonly sourceId: string
  /** Empty: to be written. */
  readonly url: string
  readonly onClose: () => void
}

export function CertificateDialog({ sourceId, url: known, onClose }: DialogProps) {
  const client = useQueryClient()
  const [url, setUrl] = useState(known)
  const [pem, setPem] = useState('')
  const give = useMutation({
    mutationFn: () =>
      request<List<SignerCertificate>>(`sources/${encodeURIComponent(sourceId)}/certificates`, {
        method: 'POST',
        body: { url: url.trim(), pem },
      }),
    onSuccess: (answer) => {
      client.setQueryData(certificatesQuery(sourceId).queryKey, answer.items)
      freshen(client)
      tell('The certificate is taken; what waits for it is checked now')
      onClose()
    },
  })
  const fault = faultOfPem(pem)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (fault === undefined) give.mutate()
  }
  const [urlError, pemError] = [fieldError(give.error, 'url'), fieldError(give.error, 'pem')]
  return (
    <Dialog
      wide
      title="Give a certificate"
      description="Fetch it where there is a way out, from the address that the messages name, and bring it here. It is kept before one that is fetched."
      onClose={onClose}
    >
      <form onSubmit={submit} className="space-y-3.5">
        <TextField
          label="Address, as messages name it"
          type="url"
          required
          pattern="https://.*"
          maxLength={2_048}
          placeholder="https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-….pem"
          autoComplete="off"
          value={url}
          error={urlError}
          onChange={(event) => setUrl(event.target.value)}
        />
        <FileField read={setPem} />
        <TextArea
          label="Certificate (PEM)"
          required
          rows={8}
          maxLength={PEM_CHARS_MAX}
          spellCheck={false}
          autoComplete="off"
          className="font-mono text-xs"
          placeholder="-----BEGIN CERTIFICATE-----"
          value={pem}
          error={pemError ?? fault}
          onChange={(event) => setPem(event.target.value)}
        />
        {give.isError && urlError === undefined && pemError === undefined && <FormError>{explainError(give.error)}</FormError>}
        <DialogActions>
          <Button type="submit" look="main" busy={give.isPending}>
            Give it
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function FileField({ read }: { readonly read: (text: string) => void }) {
  const id = useId()
  const take = (event: ChangeEvent<HTMLInputElement>): void => {
    const file = event.target.files?.[0]
    if (file !== undefined) void file.slice(0, PEM_CHARS_MAX).text().then(read)
  }
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block text-s font-[560]">
        From a file
      </label>
      <input
        id={id}
        type="file"
        accept=".pem,.crt,.cer,application/x-pem-file"
        onChange={take}
        className="block w-full text-s file:mr-3 file:rounded-[6px] file:border file:border-line-strong file:bg-surface file:px-2.5 file:py-1.5 file:text-text max-[760px]:min-h-11"
      />
    </div>
  )
}
