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
use local_parcours\local\document\canonical;
use local_parcours\local\document\figures_document;
use local_parcours\local\figures as store;

/**
 * Web service that brings people their own figures and tells what they contest.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class figures extends external_api {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'document' => new external_value(PARAM_RAW, 'JSON, format ' . figures_document::FORMAT),
        ]);
    }

    /**
     * Keeps the figures that the document holds, and tells what is kept and what is contested.
     *
     * @param string $document
     * @return string JSON
     */
    public static function execute(string $document): string {
        ['document' => $json] = self::validate_parameters(self::execute_parameters(), ['document' => $document]);
        $context = \context_system::instance();
        self::validate_context($context);
        require_capability('local/parcours:figures', $context);
        return canonical::encode((new store())->exchange(new figures_document($json)));
    }

    /**
     * Result.
     *
     * @return external_value
     */
    public static function execute_returns(): external_value {
        return new external_value(PARAM_RAW, 'JSON, format parcours-figures-result/1');
    }
}
