/** An address the console does not know. */
import { Link } from '@tanstack/react-router'
import { Empty } from '../parts/states.tsx'
import { buttonClass } from '../parts/button.tsx'

export function NotFoundPage() {
  return (
    <main className="mx-auto max-w-xl px-4 py-16">
      <h1 className="sr-only">Not found</h1>
      <Empty
        title="There is nothing at this address"
        action={
          <Link to="/incidents" className={buttonClass('main')}>
            Go to the incidents
          </Link>
        }
      >
        The link may be cut off or from another installation.
      </Empty>
    </main>
  )
}
