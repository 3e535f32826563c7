# The guardian's script: reads lines from the process it guards and cleans up when that process is gone.
#   + T     list T for killing: a process id, or minus a process group id      - T      forget it
#   D PATH  list a folder for removal                                          U PATH   forget it
#   K       keep: when the guarded process is gone, wait for TERM before cleaning up
# Standard input ends when the guarded process ends, however it ends; the kernel closes the pipe.
trap '' HUP INT QUIT
trap 'kept=' TERM

declare -A targets=() folders=()
kept=''

# Whether the target still runs. A dead process that nobody has waited for (a zombie) does not.
runs() {
  kill -0 -- "$1" 2>/dev/null || return 1
  local line
  { read -r line <"/proc/${1#-}/stat"; } 2>/dev/null || return 0
  [[ ${line##*) } != Z* ]]
}

any_runs() {
  local target
  for target in "${!targets[@]}"; do
    if runs "$target"; then return 0; fi
  done
  return 1
}

signal_all() {
  local target
  for target in "${!targets[@]}"; do kill -s "$1" -- "$target" 2>/dev/null; done
}

end_within() { # TENTHS of a second
  local tenths
  for ((tenths = 0; tenths < $1; tenths++)); do
    any_runs || return
    sleep 0.1
  done
}

while true; do
  if read -r action rest; then
    case $action in
      +) targets[$rest]=1 ;;
      -) unset -v "targets[$rest]" ;;
      D) folders[$rest]=1 ;;
      U) unset -v "folders[\$rest]" ;;
      K) kept=yes ;;
    esac
  elif [[ $? -le 128 ]]; then # the end of the pipe; more than 128 is a read cut short by a signal
    break
  fi
done

while [[ -n $kept ]]; do sleep 1; done

signal_all TERM
signal_all CONT # a stopped process acts on TERM only once it goes on
end_within 30
signal_all KILL
end_within 10
for folder in "${!folders[@]}"; do rm -rf -- "$folder"; done
