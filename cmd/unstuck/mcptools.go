package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"example.com/unstuck/internal/border"
	"example.com/unstuck/pkg/curve"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loop"
)

// answered is what a tool has found out.
type answered struct {
	kind    string
	result  any
	renamed map[string]string // paths of copies, and what was asked for
	shorter func() any        // the result without what is least needed; nil: there is none
}

// document is the answer in JSON, within so many bytes.
func (a answered) document(most int) ([]byte, error) {
	text, err := document(a.kind, a.result)
	if err == nil && len(text) > most && a.shorter != nil {
		text, err = document(a.kind, a.shorter())
	}
	if err != nil {
		return nil, err
	}
	for at, asked := range a.renamed {
		text = bytes.ReplaceAll(text, quotedIn(at), quotedIn(asked))
	}
	if len(text) > most {
		return nil, fmt.Errorf("the answer has %d bytes, more than the %d that are given", len(text), most)
	}
	return text, nil
}

// quotedIn is a text as it stands within a string of JSON.
func quotedIn(text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		return []byte(text)
	}
	return quoted[1 : len(quoted)-1]
}

func rawJSON(text []byte) json.RawMessage { return json.RawMessage(text) }

// reading copies paths into a folder of their own and reads them there. Errors name what was asked for.
func (s *mcpServer) reading(ctx context.Context, paths []string, read func(at []string) (answered, error)) (answered, error) {
	folder, err := os.MkdirTemp("", "unstuck-")
	if err != nil {
		return answered{}, err
	}
	defer os.RemoveAll(folder)
	var at []string
	renamed := map[string]string{}
	for i, path := range paths {
		if path == "" {
			return answered{}, errors.New("there is no path: name a file or a folder")
		}
		into := filepath.Join(folder, fmt.Sprint(i))
		if err := os.Mkdir(into, 0o700); err != nil {
			return answered{}, err
		}
		copied, err := s.folders.copied(ctx, path, into)
		if err != nil {
			return answered{}, err
		}
		at = append(at, copied)
		renamed[copied] = path
	}
	a, err := read(at)
	a.renamed = renamed
	if err != nil {
		text := err.Error()
		for copied, asked := range renamed {
			text = strings.ReplaceAll(text, copied, asked)
		}
		return a, renamedError{text, err}
	}
	return a, nil
}

// renamedError is an error with paths as they were asked for.
type renamedError struct {
	text string
	error
}

// Error is the text.
func (r renamedError) Error() string { return r.text }

// Unwrap gives the error itself.
func (r renamedError) Unwrap() error { return r.error }

type diagnoseInput struct {
	Path     string   `json:"path" jsonschema:"the folder of the training or the recorded loop"`
	Target   []string `json:"target,omitempty" jsonschema:"target columns of a table, by name or number; without them the one that is named or shaped like one, which the answer says"`
	In       []string `json:"in,omitempty" jsonschema:"languages of the treatments' code: go, keras, torch"`
	LoopOnly bool     `json:"loop_only,omitempty" jsonschema:"of a recorded loop that is correct don't examine model and data"`
}

func (s *mcpServer) diagnose(ctx context.Context, request *mcp.CallToolRequest, in diagnoseInput) (answered, error) {
	languages, err := languagesOf(in.In)
	if err != nil {
		return answered{}, err
	}
	done, err := s.alone(ctx)
	if err != nil {
		return answered{}, err
	}
	defer done()
	return s.reading(ctx, []string{in.Path}, func(at []string) (answered, error) {
		files := caseFiles{gib: s.gib, on: s.on}
		files.Table.Targets = in.Target
		options := doctor.Options{Memory: files.memory(), OnStep: progressOf(ctx, request)}
		if loop.Is(at[0]) {
			r, err := files.examineLoop(ctx, at[0], options, in.LoopOnly)
			r.printIn(languages)
			if known(r.Training, err) {
				err = nil
			}
			return answered{kind: "loop", result: r}, err
		}
		r, err := files.examine(ctx, at, options)
		var interrupted *doctor.Interrupted
		if errors.As(err, &interrupted) && errors.Is(err, context.DeadlineExceeded) {
			r, err = interrupted.Report, nil
		}
		if err != nil {
			return answered{}, err
		}
		r.Languages = languages
		return answered{kind: "training", result: r, shorter: func() any {
			short := *r
			short.Attempts, short.Symptoms = nil, nil
			return &short
		}}, nil
	})
}

// known reports whether an examination ran out of time and says what it knew by then.
func known(r *doctor.Report, err error) bool {
	return r != nil && r.Interrupted && errors.Is(err, context.DeadlineExceeded)
}

// progressOf tells whoever asked of each trial; nil where they don't want to know.
func progressOf(ctx context.Context, request *mcp.CallToolRequest) func(doctor.Step) {
	token := request.Params.GetProgressToken()
	if token == nil {
		return nil
	}
	n := 0.0
	return func(step doctor.Step) {
		n++
		// Whoever doesn't listen misses it.
		_ = request.Session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{ProgressToken: token, Message: step.String(), Progress: n})
	}
}

type historyInput struct {
	Path string `json:"path,omitempty" jsonschema:"the log, a file or a folder"`
	Text string `json:"text,omitempty" jsonschema:"the log itself, in place of a path; a column of numbers will do"`

	Loss       string `json:"loss,omitempty" jsonschema:"the name of the column that is the training loss, where none is called loss"`
	Validation string `json:"validation,omitempty" jsonschema:"the name of the column that is the validation loss"`
}

func (s *mcpServer) history(ctx context.Context, _ *mcp.CallToolRequest, in historyInput) (answered, error) {
	if (in.Path == "") == (in.Text == "") {
		return answered{}, errors.New("give the path of a log, or its text")
	}
	names := curve.Names{Loss: in.Loss, Validation: in.Validation}
	if in.Text != "" {
		a, err := answerOf(ctx, "-", strings.NewReader(in.Text), names)
		return answered{kind: "log", result: a}, err
	}
	return s.reading(ctx, []string{in.Path}, func(at []string) (answered, error) {
		a, err := answerOf(ctx, at[0], nil, names)
		return answered{kind: "log", result: a}, err
	})
}

type explainInput struct {
	Cause string `json:"cause,omitempty" jsonschema:"the name of a cause, such as dying-relu; without it all are listed"`
}

func (s *mcpServer) explain(_ context.Context, _ *mcp.CallToolRequest, in explainInput) (answered, error) {
	if in.Cause == "" {
		return answered{kind: "causes", result: listOfCauses()}, nil
	}
	page, err := explanationOf(in.Cause)
	return answered{kind: "cause", result: page}, err
}

type predictInput struct {
	Model string `json:"model" jsonschema:"a .keras or legacy .h5 file with its weights, or a .pt2 of PyTorch"`
	Data  string `json:"data" jsonschema:"an .npz with the array x, or one array under the name of each input, or an .npy"`
	Rows  int    `json:"rows,omitempty" jsonschema:"how many rows of the predictions are given, 20 without it, at most 1000"`
}

// firstRows is the answer of predict.
type firstRows struct {
	File    string            `json:"file,omitempty"` // where all of them are; empty: nowhere
	Outputs []predictedOutput `json:"outputs"`
	Remarks []string          `json:"remarks,omitempty"`
}

type predictedOutput struct {
	Name      string          `json:"name"`
	Shape     []int           `json:"shape"` // of all rows
	Rows      [][]loop.Number `json:"rows"`  // the first, each flat
	NotFinite int             `json:"not_finite"`
}

func (s *mcpServer) predict(ctx context.Context, _ *mcp.CallToolRequest, in predictInput) (answered, error) {
	if in.Rows == 0 {
		in.Rows = 20
	}
	if in.Rows < 1 || in.Rows > 1000 {
		return answered{}, fmt.Errorf("rows is %d, must be from 1 to 1000", in.Rows)
	}
	done, err := s.alone(ctx)
	if err != nil {
		return answered{}, err
	}
	defer done()
	return s.reading(ctx, []string{in.Model, in.Data}, func(at []string) (answered, error) {
		p := prediction{model: at[0], data: at[1], on: s.on, batch: 256, gib: s.gib}
		y, err := border.Interruptible(ctx, func() (arrays, error) { return p.run(ctx) })
		if err != nil {
			return answered{}, err
		}
		return answered{kind: "predictions", result: y.first(in.Rows)}, nil
	})
}

// first are the first rows of predictions.
func (y arrays) first(rows int) (p firstRows) {
	p.Remarks = y.remarks
	for i, a := range y.values {
		o := predictedOutput{Name: y.names[i], Shape: a.Shape, Rows: [][]loop.Number{}}
		size := a.RowSize()
		for r := range min(rows, a.Rows()) {
			row := make([]loop.Number, size)
			for j, v := range a.Values[r*size : (r+1)*size] {
				row[j] = loop.Number(v)
			}
			o.Rows = append(o.Rows, row)
		}
		for _, v := range a.Values {
			if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
				o.NotFinite++
			}
		}
		p.Outputs = append(p.Outputs, o)
	}
	return p
}
