"""What the hall knows and decides: pure rules and values, told what day it is and never asking."""
