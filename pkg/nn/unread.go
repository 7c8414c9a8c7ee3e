package nn

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Unread stands in a model where a reader of a file found a layer that it doesn't understand, so that what is around it
// can be looked at. Nothing is known of what it does: it can't be applied.
type Unread struct {
	Name  string // in the file; empty: number it
	Class string // in the file, "Lambda"; empty: not known
}

// Apply panics: there is nothing to apply.
func (u Unread) Apply(*model.Scope, *graph.Node) *graph.Node {
	panic(fmt.Errorf("%s was not read: it can't be applied", u))
}

// OutputShapes is an error: nobody knows.
func (u Unread) OutputShapes([][]int) ([][]int, error) {
	return nil, fmt.Errorf("%s was not read: its output has no shape that is known", u)
}

// LayerName is Name.
func (u Unread) LayerName() string { return u.Name }

// Kind is "unread".
func (Unread) Kind() string { return "unread" }

// String is the class with the name: `Lambda "scale"`.
func (u Unread) String() string {
	class := u.Class
	if class == "" {
		class = "a layer of no known class"
	}
	if u.Name == "" {
		return class
	}
	return class + " " + strconv.Quote(u.Name)
}

// UnreadSettings is around a layer of which a reader understood all but how its weights begin, what is added to the
// loss for them and what they are held to: what the layer computes with given weights is known. It can't be applied.
type UnreadSettings struct{ Layer }

// Apply panics: the layer would begin with other weights, or be trained otherwise.
func (u UnreadSettings) Apply(*model.Scope, *graph.Node) *graph.Node {
	panic(fmt.Errorf("some settings of %s were not read: it can't be applied", u))
}

// Unwrap is the layer with what was understood.
func (u UnreadSettings) Unwrap() Layer { return u.Layer }

// Wrap is the same around another layer.
func (UnreadSettings) Wrap(l Layer) Layer { return UnreadSettings{l} }

// String is the layer's kind with its name.
func (u UnreadSettings) String() string {
	return strings.TrimSpace(kindOf(u.Layer) + " " + strconv.Quote(nameOf(u.Layer)))
}

func (u Unread) kerasCode(kerasContext) (string, error) { return "...", nil }

func (u UnreadSettings) kerasCode(c kerasContext) (string, error) { return kerasCode(u.Layer, c) }

// FirstUnread names the first layer of a model that a reader didn't understand, or not all of; false: there is none.
func FirstUnread(l Layer) (name string, unread bool) {
	switch l := l.(type) {
	case Unread:
		return l.String(), true
	case UnreadSettings:
		return l.String(), true
	case Wrapper:
		return FirstUnread(l.Unwrap())
	case Container:
		parts, _ := l.Parts() // names that can't be given are told where the model is walked
		for _, p := range parts {
			if name, unread = FirstUnread(p.Layer); unread {
				return name, true
			}
		}
	}
	return "", false
}
