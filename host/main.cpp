#include "app/command.hpp"

int main(int argc, char** argv) {
  return posthouse::app::runCommandLine(argc, argv);
}
