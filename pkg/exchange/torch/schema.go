package torch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"example.com/unstuck/internal/pythonjson"
)

// What torch.export.save writes of a program, as far as it is needed: torch/_export/serde/schema.py, in these versions. What differs
// between them is how "none" is written and what an infinity looks like.
const (
	oldestSchema = 7 // of PyTorch 2.5
	newestSchema = 8
)

type programJSON struct {
	GraphModule struct {
		Graph           graphJSON `json:"graph"`
		Signature       signature `json:"signature"`
		ModuleCallGraph []struct {
			FQN       string `json:"fqn"`
			Signature *struct {
				OutSpec  string   `json:"out_spec"`
				ArgNames []string `json:"forward_arg_names"`
			} `json:"signature"`
		} `json:"module_call_graph"`
	} `json:"graph_module"`
	SchemaVersion struct {
		Major int `json:"major"`
		Minor int `json:"minor"`
	} `json:"schema_version"`
	Verifiers    []string `json:"verifiers"`
	TorchVersion string   `json:"torch_version"`
}

type graphJSON struct {
	Nodes        []nodeJSON            `json:"nodes"`
	TensorValues map[string]tensorMeta `json:"tensor_values"`
}

type nodeJSON struct {
	Target string `json:"target"`
	Inputs []struct {
		Name string   `json:"name"`
		Arg  argument `json:"arg"`
	} `json:"inputs"`
	Outputs  []argument        `json:"outputs"`
	Metadata map[string]string `json:"metadata"`
}

type tensorMeta struct {
	Dtype   int      `json:"dtype"`
	Sizes   []symInt `json:"sizes"`
	Strides []symInt `json:"strides"`
	Offset  symInt   `json:"storage_offset"`
	Trained bool     `json:"requires_grad"`
}

// symInt is a size: a number, the name of one that the graph computes, or an expression of one with the value that it had
// when the program was recorded.
type symInt struct {
	Int  *int64 `json:"as_int"`
	Name string `json:"as_name"`
	Expr *struct {
		Text string `json:"expr_str"`
		Hint *struct {
			Int *int64 `json:"as_int"`
		} `json:"hint"`
	} `json:"as_expr"`
}

// value is the size when the program was recorded.
func (s symInt) value() (int, bool) {
	switch {
	case s.Int != nil:
		return int(*s.Int), true
	case s.Expr != nil && s.Expr.Hint != nil && s.Expr.Hint.Int != nil:
		return int(*s.Expr.Hint.Int), true
	}
	return 0, false
}

type named struct {
	Name string `json:"name"`
}

// argument is one of the many kinds; all fields nil but for As: none is given.
type argument struct {
	Tensor    *named          `json:"as_tensor"`
	Tensors   []named         `json:"as_tensors"`
	Optional  []optionalNamed `json:"as_optional_tensors"`
	Int       *int64          `json:"as_int"`
	Ints      []int64         `json:"as_ints"`
	SymInt    *symInt         `json:"as_sym_int"`
	SymInts   []symInt        `json:"as_sym_ints"`
	Float     *float          `json:"as_float"`
	Floats    []float         `json:"as_floats"`
	SymFloat  *symFloat       `json:"as_sym_float"`
	Bool      *bool           `json:"as_bool"`
	String    *string         `json:"as_string"`
	Type      *int            `json:"as_scalar_type"`
	None      *present        `json:"as_none"`
	other     string          // a kind that isn't above
	otherJSON json.RawMessage
}

type symFloat struct {
	Float *float `json:"as_float"`
	Name  string `json:"as_name"`
}

type optionalNamed struct {
	Tensor *named `json:"as_tensor"`
}

// UnmarshalJSON keeps the kind of what isn't known, for the error.
func (a *argument) UnmarshalJSON(data []byte) error {
	type plain argument
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode((*plain)(a)); err != nil {
		return err
	}
	if a.kinds() == 0 {
		var any map[string]json.RawMessage
		if json.Unmarshal(data, &any) == nil {
			for kind, content := range any {
				a.other, a.otherJSON = kind, content
			}
		}
	}
	return nil
}

// kinds counts what is there.
func (a *argument) kinds() int {
	n := 0
	for _, there := range []bool{
		a.Tensor != nil, a.Tensors != nil, a.Optional != nil, a.Int != nil, a.Ints != nil, a.SymInt != nil, a.SymInts != nil, a.Float != nil,
		a.Floats != nil, a.SymFloat != nil, a.Bool != nil, a.String != nil, a.Type != nil, a.None != nil,
	} {
		if there {
			n++
		}
	}
	return n
}

// present is a value of which only counts that it is there: true, or an empty list in older schemas.
type present struct{}

// UnmarshalJSON takes whatever there is.
func (*present) UnmarshalJSON([]byte) error { return nil }

// float is a number that may be infinite or NaN, which are strings there.
type float float64

// UnmarshalJSON reads a number, or "Infinity", "-Infinity", "NaN", with quotation marks or, as older schemas have it, without.
func (f *float) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		return json.Unmarshal(data, (*float64)(f))
	}
	if x, ok := pythonjson.Constant(text); ok {
		*f = float(x)
		return nil
	}
	switch text {
	case "Infinity":
		*f = float(math.Inf(1))
	case "-Infinity":
		*f = float(math.Inf(-1))
	case "NaN":
		*f = float(math.NaN())
	default:
		return fmt.Errorf("%q is no number", text)
	}
	return nil
}

type signature struct {
	Inputs []struct {
		Parameter *struct {
			Arg  named  `json:"arg"`
			Name string `json:"parameter_name"`
		} `json:"parameter"`
		Buffer *struct {
			Arg  named  `json:"arg"`
			Name string `json:"buffer_name"`
		} `json:"buffer"`
		Constant *struct {
			Arg  named  `json:"arg"`
			Name string `json:"tensor_constant_name"`
		} `json:"tensor_constant"`
		User *struct {
			Arg argument `json:"arg"`
		} `json:"user_input"`
	} `json:"input_specs"`
	Outputs []struct {
		User *struct {
			Arg argument `json:"arg"`
		} `json:"user_output"`
		Mutation *struct {
			Arg  named  `json:"arg"`
			Name string `json:"buffer_name"`
		} `json:"buffer_mutation"`
	} `json:"output_specs"`
}

// decodeProgram reads the JSON of a program.
func decodeProgram(content []byte) (*programJSON, error) {
	p := &programJSON{}
	d := json.NewDecoder(bytes.NewReader(pythonjson.Marked(content)))
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("its program: %v: %w", err, ErrNotProgram)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is something behind the program: %w", ErrNotProgram)
	}
	switch major := p.SchemaVersion.Major; {
	case major < oldestSchema:
		return nil, fmt.Errorf("its schema has version %d.%d, older than the %d of PyTorch 2.5: save it again with a newer PyTorch: %w", major, p.SchemaVersion.Minor, oldestSchema, ErrNotProgram)
	case major > newestSchema:
		return nil, fmt.Errorf("its schema has version %d.%d, newer than the %d that is understood: a newer version of this program may read it: %w", major, p.SchemaVersion.Minor, newestSchema, ErrNotProgram)
	case len(p.GraphModule.Graph.Nodes) > maxNodes:
		return nil, fmt.Errorf("%d operations are more than %d: %w", len(p.GraphModule.Graph.Nodes), maxNodes, ErrNotProgram)
	}
	return p, nil
}
