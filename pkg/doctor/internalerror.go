package doctor

import "example.com/unstuck/internal/border"

// InternalError is a fault of this project and not of what it was given: a panic, caught at the border.
type InternalError = border.InternalError
