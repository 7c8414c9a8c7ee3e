package loop

import (
	"bytes"
	"encoding/gob"

	"example.com/unstuck/pkg/training"
)

// fields is a Report without its methods, so that gob doesn't ask it again.
type fields Report

// keptReport is what gob holds of a Report: all that its text and figures show.
type keptReport struct {
	Fields  fields
	Own     training.Language
	Gathers bool
}

// GobEncode lets encoding/gob, and with it a notebook's later cells, keep a report: its text and its figures are the same afterwards, NaN
// and infinity included.
func (r *Report) GobEncode() ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(keptReport{Fields: fields(*r), Own: r.own, Gathers: r.gathers})
	return b.Bytes(), err
}

// GobDecode reads what GobEncode has written.
func (r *Report) GobDecode(text []byte) error {
	var kept keptReport
	if err := gob.NewDecoder(bytes.NewReader(text)).Decode(&kept); err != nil {
		return err
	}
	*r = Report(kept.Fields)
	r.own, r.gathers = kept.Own, kept.Gathers
	return nil
}
