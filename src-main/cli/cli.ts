// The command line's entry.
process.stdout.write('millrace\n')
