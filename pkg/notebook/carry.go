package notebook

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"sync"

	"example.com/unstuck/internal/atomicfile"
	"example.com/unstuck/pkg/fit"
)

// CarryFolder is the environment variable that names the folder in which [Carry] leaves values. unstuck's kernels set it;
// without it nothing is carried.
const CarryFolder = "UNSTUCK_CARRIED"

// mostCarried bounds the bytes of one carried value: every later cell reads it.
const mostCarried = 64 << 20

// Carried returns the value that an earlier cell has left under name; where there is none, the other one that is given, or the zero value. Unstuck's
// kernels declare what a cell sets in this way, so that later cells find it; whoever writes %% or a function uses [Keep],
// which also tells whether a value is still the one that its code computes.
func Carried[T any](name string, otherwise ...T) T {
	var value T
	if len(otherwise) > 0 {
		value = otherwise[0]
	}
	content, err := os.ReadFile(carriedPath(name))
	if err != nil {
		return value
	}
	var left T
	if len(content) == 0 { // a nil pointer, or no error
		return left
	}
	kind, content, _ := bytes.Cut(content, []byte("\n"))
	if string(kind) != carriedKind[T]() {
		return value // this cell sets the name to something of another type
	}
	if e, ok := any(&left).(*error); ok {
		*e = carriedError(content)
		return left
	}
	if err := gob.NewDecoder(bytes.NewReader(content)).Decode(&left); err != nil {
		fmt.Fprintf(os.Stderr, "notebook: %s of an earlier cell can't be read back: %v\n", name, err)
		return value
	}
	return left
}

// carriedError is an error of an earlier cell, of which its text is left: errors.Is and errors.As find nothing in it.
type carriedError string

func (e carriedError) Error() string { return string(e) }

// Made returns what made a value that no file can hold, in a cell after the one that set it: it is made once more. A
// model gets the state that the last cell with it has left it in; one that it doesn't fit any more, because a layer has changed, is told of
// unless this cell sets the model anew. The error of making it was told in its own cell.
func Made[T any](name string) func(T, error) T {
	return func(value T, err error) T {
		m, ok := any(value).(*fit.Model)
		if !ok || m == nil || err != nil {
			return value
		}
		state, err := os.ReadFile(carriedPath(name))
		if err != nil || len(state) == 0 {
			return value // it was never trained
		}
		if err := restoreState(m, state); err != nil && !setInThisCell(name) {
			fmt.Fprintf(os.Stderr, "notebook: the state in which an earlier cell has left %s doesn't fit it, so it starts anew: %v\n", name, err)
		}
		return value
	}
}

var carrying struct {
	sync.Mutex
	names []string
	save  map[string]func() error
}

// Carry leaves the value that a variable has when the cell ends to later cells, see [Carried]: of a [fit.Model] its state.
// It is stored with encoding/gob; one that can't be, or takes more than 64 MiB, is told of and stays in its cell. An error
// is carried as its text.
// A cell that is killed leaves nothing.
func Carry[T any](name string, variable *T) {
	if os.Getenv(CarryFolder) == "" {
		return
	}
	carrying.Lock()
	defer carrying.Unlock()
	if carrying.save == nil {
		carrying.save = map[string]func() error{}
	}
	if _, known := carrying.save[name]; !known {
		carrying.names = append(carrying.names, name)
	}
	carrying.save[name] = func() error { return leaveValue(carriedPath(name), carriedKind[T](), variable) }
}

// EndCell leaves the values to later cells. Unstuck's kernels defer it first in main.
func EndCell() { leave() }

func leave() {
	carrying.Lock()
	defer carrying.Unlock()
	for _, name := range carrying.names {
		if err := carrying.save[name](); err != nil {
			os.Remove(carriedPath(name))
			fmt.Fprintf(os.Stderr, "notebook: %s stays in this cell: %v\n", name, err)
		}
	}
	carrying.names, carrying.save = nil, nil
}

// carriedKind is the first line of a value's file.
func carriedKind[T any]() string { return reflect.TypeFor[T]().String() }

func leaveValue(path, kind string, variable any) error {
	if m, ok := variable.(**fit.Model); ok {
		if *m == nil {
			return writeCarried(path, nil)
		}
		state, err := stateOf(*m)
		if err != nil {
			state = nil // it was never run
		}
		return writeCarried(path, state)
	}
	if e, ok := variable.(*error); ok {
		if *e == nil {
			return writeCarried(path, nil)
		}
		return writeCarried(path, []byte(kind+"\n"+safely((*e).Error)))
	}
	value := reflect.ValueOf(variable).Elem()
	if value.Kind() == reflect.Pointer && value.IsNil() {
		return writeCarried(path, nil) // gob has no word for it
	}
	var content bytes.Buffer
	content.WriteString(kind + "\n")
	if err := gob.NewEncoder(&content).EncodeValue(value); err != nil {
		return err
	}
	if content.Len() > mostCarried {
		return fmt.Errorf("it takes %d MB, and every later cell would read them: put it into a notebook.Keep in a function, which the cells that need it call", content.Len()>>20)
	}
	return writeCarried(path, content.Bytes())
}

func writeCarried(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return atomicfile.Write(path, 0o600, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

func carriedPath(name string) string { return filepath.Join(os.Getenv(CarryFolder), name) }

// carriedName returns x of a call Carried[T]("x") or Made[T]("x").
func carriedName(call *ast.CallExpr) (string, bool) {
	if of := calledName(call.Fun); of != "Carried" && of != "Made" || len(call.Args) == 0 {
		return "", false
	}
	literal, ok := call.Args[0].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	name, err := strconv.Unquote(literal.Value)
	return name, err == nil
}
