// Package curve says what the numbers that a training logged can show, and what they can't.
//
//	r := curve.Read([]curve.Series{loss, validation})
//	fmt.Print(r.Text())
//
// A log holds the loss, and not what the loss was computed from: it tells when and how a training stopped moving, seldom why.
// So [Read] describes, with the numbers it goes by, and ends with what would settle the rest. It calls no loss healthy.
package curve
