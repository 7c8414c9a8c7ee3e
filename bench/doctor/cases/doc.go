// Package cases draws trainings whose causes are known: stuck ones, each with the change that undoes its fault, and healthy ones.
//
// Nothing is read from files: data are drawn from seeds, and a case is the same wherever it is drawn. [Prove] checks a label
// without the doctor, by training the case as it is and with its fault undone.
//
// There are two splits. Tuned has the kinds of data, nets and faults on which the doctor's rules were written: sums of sines, random teachers, Friedman's function,
// blobs, xor, rings and waves, under multilayer perceptrons and simple recurrent nets. HeldOut has other kinds ([HeldOutFamilies]), drawn with other seeds; it was written when the
// rules were there, and no rule may be changed for what it shows.
package cases
