/** The look of the button that opens the other actions, with and without its menu. */
import { buttonClass } from '../../parts/button.tsx'

export const MORE_CLASS = `${buttonClass()} px-2! max-[760px]:min-h-12 max-[760px]:min-w-12`
