package loop

import (
	"fmt"

	"example.com/unstuck/internal/excerpt"
)

// begins says where, of step k, the first number is that isn't finite, and at which line: within the model that of the operation that makes
// it, where that was found. Where losses have risen before, any operation may be the first to overflow, and it isn't told.
func (r *Recording) begins(k int) (where, told string, at *Line) {
	s := &r.Steps[k]
	where, told = s.whence()
	o := r.Origin
	if o == nil || o.Step != s.Number || where != inModel && where != "" || lossesBefore(r, k) != "" {
		return where, told, s.Line
	}
	within, back := "", ""
	if o.Layer != "" {
		within = " in " + o.Layer
	}
	if o.Back {
		back = "the gradient of "
	}
	told += fmt.Sprintf("; the first is made by %s%s%s", back, excerpt.Of(o.Operation, 60), excerpt.Of(within, 200))
	if o.Line == nil {
		return inModel, told, s.Line
	}
	return inModel, told, o.Line
}
