"""Rules, references and stock policies for the peers' benchmarks: which item next?"""
