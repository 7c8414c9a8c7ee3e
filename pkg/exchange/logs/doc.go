// Package logs reads what others logged of a training: tables (CSV of any separator, Keras' CSVLogger, Lightning's metrics.csv),
// JSON and JSON Lines, Keras' history.history as it is printed, Hugging Face's trainer_state.json, TensorBoard's event files,
// this project's own records, and lines pasted from a terminal.
//
//	log, err := logs.Open("lightning_logs/version_0/metrics.csv")
//
// The format is told by the content, never by the name. Nothing in a file is executed, and what is read is bounded.
package logs
