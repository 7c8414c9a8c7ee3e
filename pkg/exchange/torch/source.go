package torch

import (
	"strings"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/training"
)

// source reads what the description says of the program that wrote it: where what it was given comes from.
func (r *reader) source(o *object) {
	described := o.child("source", options{})
	if described == nil {
		return
	}
	r.d.Source.Variables, r.d.Source.Modules = variables(described.get("variables")), variables(described.get("modules"))
}

// variables reads {"model": {"name": …, "file": …, "line": …, "text": …}, …}. It is for words alone: what isn't like that is left
// out, and nobody has to know.
func variables(v any) map[string]training.Variable {
	all := map[string]training.Variable{}
	fields, _ := v.(map[string]any)
	for key, value := range fields {
		said, ok := value.(map[string]any)
		if !ok {
			continue
		}
		text := func(key string) string {
			s, _ := said[key].(string)
			return excerpt.Of(strings.TrimSpace(s), maxText)
		}
		one := training.Variable{Name: text("name"), Line: training.Line{File: text("file"), Text: text("text")}}
		if n, whole := wholeOf(said["line"]); whole && n > 0 {
			one.Number = n
		}
		one.File = one.File[strings.LastIndexAny(one.File, `/\`)+1:]
		all[key] = one
	}
	return all
}
