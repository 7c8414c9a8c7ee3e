package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"example.com/unstuck/internal/border"
)

// schemaVersion is that of docs/report.schema.json. It goes up where a program that reads the old documents would misread the new
// ones; fields may come without.
const schemaVersion = 1

// document is a result as one JSON object, headed by the version of the schema and its kind: "training", "loop", "log" or "error".
func document(kind string, result any) ([]byte, error) {
	fields, err := json.Marshal(result)
	if err != nil {
		return nil, err
	}
	if len(fields) < 3 || fields[0] != '{' {
		return nil, fmt.Errorf("a %T is no object with fields in JSON", result)
	}
	return append(fmt.Appendf(nil, `{"version":%d,"kind":%q,`, schemaVersion, kind), fields[1:]...), nil
}

func writeJSON(w io.Writer, kind string, result any) error {
	text, err := document(kind, result)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// jsonError is an error as JSON.
type jsonError struct {
	Error struct {
		Message string `json:"message"`
		Kind    string `json:"kind"` // input, usage, interrupted or internal
	} `json:"error"`
}

func errorDocument(ctx context.Context, err error) (e jsonError) {
	e.Error.Message, e.Error.Kind = told(ctx, err), errorKind(err)
	return e
}

func errorKind(err error) string {
	var usage usageError
	var ours *internalError
	var inside *border.InternalError
	switch {
	case errors.As(err, &usage):
		return "usage"
	case errors.As(err, &ours), errors.As(err, &inside):
		return "internal"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "interrupted"
	}
	return "input"
}

// usageError is an error of the command line.
type usageError struct{ error }

// Unwrap gives the error itself.
func (u usageError) Unwrap() error { return u.error }

// wantsJSON reports whether the command line asks for JSON, even one that can't be read whole.
func wantsJSON(root *cobra.Command, args []string) bool {
	command, _, err := root.Find(args)
	if err == nil && command.Flag("json") == nil {
		return false
	}
	return slices.Contains(args, "--json") || slices.Contains(args, "--json=true")
}
