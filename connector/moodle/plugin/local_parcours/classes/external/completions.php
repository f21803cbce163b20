<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\external;

use core_external\external_api;
use core_external\external_function_parameters;
use core_external\external_value;
use local_parcours\local\completions as reading;
use local_parcours\local\document\canonical;
use local_parcours\local\document\completions_query;

/**
 * Web service that reads completions of published sessions, all people at once.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class completions extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'query' => new external_value(PARAM_RAW, 'JSON, format ' . completions_query::FORMAT),
        ]);
    }

    /**
     * Reads one page of completions.
     *
     * @param string $query
     * @return string JSON
     */
    public static function execute(string $query): string {
        ['query' => $json] = self::validate_parameters(self::execute_parameters(), ['query' => $query]);
        self::validate_context(\context_system::instance());
        return canonical::encode((new reading(new completions_query($json)))->run());
    }

    /**
     * Result.
     *
     * @return external_value
     */
    public static function execute_returns(): external_value {
        return new external_value(PARAM_RAW, 'JSON, format parcours-completions/1');
    }
}
