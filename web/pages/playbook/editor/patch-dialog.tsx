/** Where the folder cannot be written: the change as a patch to apply where it is kept. */
import { useQuery } from '@tanstack/react-query'
import { exportPatch } from '../../../api/playbook.ts'
import { Button } from '../../../parts/button.tsx'
import { CodeBlock } from '../../../parts/code-block.tsx'
import { Dialog, DialogActions } from '../../../parts/dialog.tsx'
import { Failed, SkeletonRows } from '../../../parts/states.tsx'

interface PatchProps {
  readonly source: string
  readonly whyNot: string
  readonly onClose: () => void
}

export function PatchDialog({ source, whyNot, onClose }: PatchProps) {
  const patch = useQuery({ queryKey: ['playbook-part', 'patch', source], queryFn: () => exportPatch(source), gcTime: 5_000 })
  return (
    <Dialog wide title="The change as a patch" description={whyNot} onClose={onClose}>
      <div className="space-y-3.5">
        {patch.data === undefined &&
          (patch.isError ? <Failed what="patch" error={patch.error} retry={() => void patch.refetch()} /> : <SkeletonRows rows={2} />)}
        {patch.data !== undefined &&
          (patch.data.patch === '' ? (
            <p className="text-muted">Nothing differs from the file in the folder.</p>
          ) : (
            <>
              <p>
                In the playbook’s folder: <code className="text-xs">git apply {patch.data.file}</code> or{' '}
                <code className="text-xs">patch -p1 &lt; {patch.data.file}</code>. The server takes the new version when the folder has it.
              </p>
              <div className="max-h-[44vh] overflow-y-auto">
                <CodeBlock name={patch.data.file} code={patch.data.patch} />
              </div>
            </>
          ))}
        <DialogActions>
          <Button
            look="main"
            disabled={patch.data === undefined || patch.data.patch === ''}
            onClick={() => patch.data !== undefined && download(patch.data.file, patch.data.patch)}
          >
            Download
          </Button>
          <Button onClick={onClose}>Close</Button>
        </DialogActions>
      </div>
    </Dialog>
  )
}

function download(file: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/x-patch' }))
  link.download = file
  link.click()
  URL.revokeObjectURL(link.href)
}
